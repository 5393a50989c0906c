import { counted, thousands } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { count, encodings as encodingNames } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, violation } from "../rule.ts";
import { chosen, emptyNotes, exampleKeys, needsOf, SELECT, sumsOf } from "../select.ts";

/** Encodings that keys may have, or must not have. */
export const encodings = ruleKind({
  id: "encodings",
  looksFor: "keys in encodings that are not allowed, such as hashes that are no listpack any more",
  fields: {
    ...SELECT,
    allow: encodingNames("The only encodings that the keys may have, as OBJECT ENCODING answers.").optional(),
    forbid: encodingNames("Encodings that no key may have.").optional(),
    max_keys: count("Keys of an encoding that is not allowed, at most (default 0).").optional(),
  },
  oneOf: ["allow", "forbid"],
  needs: needsOf,
  prefersRows: true,
  check({ scope }, fields, found) {
    const { allow, forbid, max_keys: limit = 0 } = fields;
    const groups = sumsOf(scope, { ...fields, each: "encoding" });
    const wrong = groups.filter(({ name }) => {
      const isListed = (list: readonly string[]) => list.includes(name!.slice(name!.indexOf(" ") + 1));
      return (allow !== undefined && !isListed(allow)) || (forbid !== undefined && isListed(forbid));
    });
    for (const { name, keys, bytes } of wrong) {
      if (!isBeyond("max_keys", keys, limit)) continue;
      found(
        violation({
          about: "encoding",
          name,
          what: "keys",
          value: keys,
          field: "max_keys",
          limit,
          detail: humanBytes(bytes),
          examples: () => exampleKeys(chosen(scope, fields), "type || ' ' || encoding = @name", { name }),
        }),
      );
    }
    const keys = groups.reduce((sum, one) => sum + one.keys, 0);
    const others = wrong.reduce((sum, one) => sum + one.keys, 0);
    return {
      measured: `${thousands(others)} of ${counted(keys, "key")} ${others === 1 ? "has" : "have"} an encoding that is not allowed`,
      notes: emptyNotes(keys),
    };
  },
});
