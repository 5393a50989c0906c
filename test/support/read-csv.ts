/** Reads CSV as RFC 4180 has it, strictly: CRLF behind every record, quotes only around whole fields. */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (let at = 0; at < text.length; ) {
    let field = "";
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (at >= text.length) throw new Error("an open quote");
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[++at];
        else break;
      }
      at++;
    } else while (at < text.length && !",\r\n".includes(text[at]!)) field += text[at++];
    if (field.includes('"') && text[at - 1] !== '"') throw new Error(`a quote inside ${field}`);
    record.push(field);
    if (text[at] === ",") at++;
    else if (text.startsWith("\r\n", at)) {
      at += 2;
      records.push(record);
      record = [];
    } else throw new Error(`neither comma nor CRLF at ${at}`);
  }
  return records;
}
