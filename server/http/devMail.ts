import { Hono } from 'hono';
import { html } from 'hono/html';
import type { KeptMail, KeptMailbox } from '../ports/mailer.ts';

type Markup = ReturnType<typeof html>;

const PAGE_POLICY = `default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'`;
/** A letter may show itself and open its links in a tab of their own; it runs nothing and loads nothing. */
const LETTER_SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';
const LETTER_POLICY =
  `default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; ` +
  `sandbox ${LETTER_SANDBOX}`;

/**
 * The letters that the development mailer kept: a list at `/dev/mail/`, one letter at `/dev/mail/ID/`. Routed
 * from the root of the site; never in production.
 */
export function devMail(mailbox: KeptMailbox): Hono {
  const app = new Hono();
  app.use('/dev/mail/*', async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
    context.header('Referrer-Policy', 'no-referrer');
    context.header('X-Content-Type-Options', 'nosniff');
  });
  app.get('/dev/mail', (context) => context.redirect('/dev/mail/'));
  app.get('/dev/mail/', async (context) => {
    context.header('Content-Security-Policy', PAGE_POLICY);
    return context.html(listPage(await mailbox.list()));
  });
  app.get('/dev/mail/:id/', async (context) => {
    const mail = await mailbox.read(context.req.param('id'));
    if (mail === null) return context.notFound();
    context.header('Content-Security-Policy', PAGE_POLICY);
    return context.html(letterPage(mail));
  });
  app.get('/dev/mail/:id/html', async (context) => {
    const mail = await mailbox.read(context.req.param('id'));
    if (mail === null) return context.notFound();
    context.header('Content-Security-Policy', LETTER_POLICY);
    return context.html(mail.html);
  });
  return app;
}

function listPage(mails: readonly KeptMail[]): Markup {
  const rows = mails.map(
    ({ id, subject, to, sentAtMs }) => html`
      <tr>
        <td><a href="/dev/mail/${id}/">${subject}</a></td>
        <td>${to}</td>
        <td>${timeOf(sentAtMs)}</td>
      </tr>
    `,
  );
  const table = html`
    <table>
      <thead>
        <tr>
          <th>Subject</th>
          <th>To</th>
          <th>Sent</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  `;
  return page(
    'Letters',
    html`<h1>Letters</h1>
      ${mails.length === 0 ? html`<p>No letters yet: be outbid first.</p>` : table}`,
  );
}

function letterPage({ id, subject, to, sentAtMs, messageId, text }: KeptMail): Markup {
  return page(
    subject,
    html`
      <p><a href="/dev/mail/">All letters</a></p>
      <h1>${subject}</h1>
      <p class="facts">To ${to}, ${timeOf(sentAtMs)}, ${messageId}</p>
      <h2>HTML part</h2>
      <iframe title="HTML part" sandbox="${LETTER_SANDBOX}" src="/dev/mail/${id}/html"></iframe>
      <h2>Text part</h2>
      <pre>${text}</pre>
    `,
  );
}

function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').slice(0, 19);
}

function page(title: string, content: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          body {
            background: #f4f1ea;
            color: #2b2b2b;
            font:
              16px/1.5 system-ui,
              sans-serif;
            margin: 2rem auto;
            max-width: 60rem;
            padding: 0 1rem;
          }
          a {
            color: #1f4d3a;
          }
          table {
            background: #fff;
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            border-bottom: 1px solid #e5e0d5;
            overflow-wrap: anywhere;
            padding: 0.5rem 0.75rem;
            text-align: left;
          }
          .facts {
            color: #6b6455;
          }
          iframe,
          pre {
            background: #fff;
            border: 1px solid #e5e0d5;
            border-radius: 6px;
            box-sizing: border-box;
            width: 100%;
          }
          iframe {
            height: 36rem;
          }
          pre {
            overflow-wrap: anywhere;
            padding: 1rem;
            white-space: pre-wrap;
          }
        </style>
      </head>
      <body>
        ${content}
      </body>
    </html>`;
}
