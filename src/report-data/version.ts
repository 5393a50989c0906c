/** Grows when a member of the report's data changes its meaning or goes away; new members leave it. */
export const REPORT_VERSION = 1;
