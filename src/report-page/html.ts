import { createHash } from "node:crypto";
import { embedded } from "../report-data/embedded.ts";
import type { Report } from "../report-data/types.ts";
import { type PageAssets, pageAssets } from "./assets.ts";

/** A report as one HTML file, which needs no other and asks no host for anything. */
export async function reportHtml(report: Report): Promise<string> {
  return pageOf(report, await pageAssets("report"));
}

/** A page, and the policy that goes with it. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** The page of `serve`: nothing of a snapshot is in it, its script asks for that. The policy is for the header. */
export async function livePage(): Promise<Page> {
  const assets = await pageAssets("live");
  const policy = policyOf(assets, ["connect-src 'self'", "frame-ancestors 'none'"]);
  const body =
    '<div id="report"><noscript>This page is drawn by its script: allow scripts to see it.</noscript></div>';
  return { html: markup("rdbscope", assets, "", body), policy };
}

/**
 * The page of a report. Nothing of a snapshot is in its markup: the data stands in an element that is not executed, and the
 * script makes texts of it.
 */
function pageOf(report: Report, assets: PageAssets): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyOf(assets)}">\n`;
  return markup(
    "rdbscope memory report",
    assets,
    meta,
    `<div id="report"><noscript>This report is drawn by a script that it carries: allow scripts to see it.</noscript></div>
<script type="application/json" id="report-data">${embedded(report)}</script>`,
  );
}

/** Only the script and the style with these hashes may run, and neither may reach any host but what `more` says. */
function policyOf({ script, style }: PageAssets, more: readonly string[] = []): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    ...more,
  ].join("; ");
}

function markup(title: string, { script, style }: PageAssets, meta: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${meta}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="rdbscope">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
