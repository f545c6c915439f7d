import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';

/** Text that is escaped already. */
export type Markup = ReturnType<typeof html>;

/** A page of our own: it loads nothing from anywhere and runs only what stands here. */
export interface PageParts {
  readonly title: string;
  readonly body: Markup;
  readonly style: string;
  /** `null`: the page runs nothing. */
  readonly script: string | null;
}

/** A page with the headers it needs. */
export interface RenderedPage {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers with the page. */
export async function answerPage(context: Context, parts: PageParts): Promise<Response> {
  const { text, headers } = await renderPage(parts);
  return context.html(text, 200, headers);
}

/** Renders a page under a policy that allows its own style and script by their hashes and no others. */
export async function renderPage({ title, body, style, script }: PageParts): Promise<RenderedPage> {
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    ...(script === null ? [] : [`script-src ${hashSource(script)}`, "connect-src 'self'"]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const text = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        ${body} ${raw(script === null ? '' : `<script type="module">${script}</script>`)}
      </body>
    </html>`;
  const headers = { 'Content-Security-Policy': policy.join('; '), 'X-Frame-Options': 'DENY' };
  return { text: String(text), headers };
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** What all pages look like. */
export const BASE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --accent: #1f6f54; --quiet: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0.25rem; }
code, pre { font: 0.875rem/1.45 ui-monospace, monospace; }
pre { border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; padding: 0.75rem; }
a { color: var(--accent); }
.quiet { color: var(--quiet); }
`;
