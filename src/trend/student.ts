/** 97.5% quantiles of Student's t distribution for 1 to 30 degrees of freedom, as tables have them. */
const FEW: readonly number[] = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604,
  2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555,
  2.0518, 2.0484, 2.0452, 2.0423,
];

/** The same quantile of the normal distribution. */
const Z = 1.959964;

/**
 * How many standard errors lie on either side of an estimate in 95 of 100 cases, by its degrees of freedom (1 or more). Beyond
 * the table by the expansion of Cornish and Fisher, right to four digits.
 */
export function student95(degrees: number): number {
  const found = FEW[degrees - 1];
  if (found !== undefined) return found;
  const first = (Z ** 3 + Z) / 4;
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  return Z + first / degrees + second / degrees ** 2;
}
