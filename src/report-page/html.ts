import { createHash } from "node:crypto";
import { embedded } from "../report-data/embedded.ts";
import type { Report } from "../report-data/types.ts";
import { type PageAssets, pageAssets } from "./assets.ts";

/** A report as one HTML file, which needs no other and asks no host for anything. */
export async function reportHtml(report: Report): Promise<string> {
  return pageOf(report, await pageAssets());
}

/**
 * The page. Nothing of a snapshot is in its markup: the data stands in an element that is not executed, and the script makes
 * texts of it. Only the script and the style with these hashes may run, and neither may reach any host.
 */
function pageOf(report: Report, { script, style }: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="rdbscope">
<title>rdbscope memory report</title>
<style>${style}</style>
</head>
<body>
<div id="report"><noscript>This report is drawn by a script that it carries: allow scripts to see it.</noscript></div>
<script type="application/json" id="report-data">${embedded(report)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
