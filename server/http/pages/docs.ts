import { html } from 'hono/html';
import type { ApiDocument } from '../openapi.ts';
import { BASE_STYLE, type Markup, type RenderedPage, renderPage } from './page.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const STYLE = `${BASE_STYLE}
article { border-top: 1px solid var(--line); padding: 0.5rem 0 1rem; }
h3 { font-size: 1rem; margin: 0.5rem 0; }
h3 code { font-weight: 600; }
.method { color: var(--accent); text-transform: uppercase; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.15rem 1rem 0.15rem 0; text-align: left; vertical-align: top; }
th { font-weight: 400; white-space: nowrap; width: 1%; }
details { margin: 0.5rem 0; }
.description { white-space: pre-line; }
`;

type Operation = NonNullable<NonNullable<NonNullable<ApiDocument['paths']>[string]>['get']>;

/** The document for people: every route with what it takes and answers, and every schema. */
export function renderDocs(document: ApiDocument): Promise<RenderedPage> {
  const { title, description } = document.info;
  const schemas = Object.entries(document.components?.schemas ?? {});
  const body = html`
    <h1>${title}</h1>
    <p class="description">${prose(description)}</p>
    <p>The same for programs: <a href="/api/openapi.json">/api/openapi.json</a></p>
    ${(document.tags ?? []).map(
      ({ name }) => html`
        <h2>${name}</h2>
        ${operationsOf(document, name)}
      `,
    )}
    <h2>Schemas</h2>
    ${schemas.map(
      ([name, schema]) => html`
        <details>
          <summary><code>${name}</code></summary>
          <pre id="${name}">${JSON.stringify(schema, null, 2)}</pre>
        </details>
      `,
    )}
  `;
  return renderPage({ title, body, style: STYLE, script: null });
}

function operationsOf(document: ApiDocument, tag: string): Markup[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation?.tags?.includes(tag) ? [operationView(method, path, operation)] : [];
    }),
  );
}

function operationView(method: string, path: string, operation: Operation): Markup {
  const rows: [string, Markup][] = [
    ...parameterRows(operation),
    ...(operation.requestBody === undefined
      ? []
      : [['body', schemaLink(operation.requestBody)] satisfies [string, Markup]]),
    ...Object.entries<object>(operation.responses ?? {}).map(([status, response]): [string, Markup] => [
      status,
      html`${prose(textOf(response, 'description'))} ${schemaLink(response)}`,
    ]),
  ];
  return html`
    <article>
      <h3>
        <code><span class="method">${method}</span> ${path}</code>
        ${operation.security === undefined ? '' : html`<span class="quiet">needs a token</span>`}
      </h3>
      <p>${operation.summary}</p>
      ${operation.description === undefined ? '' : html`<p>${prose(operation.description)}</p>`}
      <table>
        ${rows.map(
          ([name, text]) =>
            html`<tr>
              <th><code>${name}</code></th>
              <td>${text}</td>
            </tr>`,
        )}
      </table>
    </article>
  `;
}

function parameterRows({ parameters = [] }: Operation): [string, Markup][] {
  return parameters.map((parameter) => {
    const name = textOf(parameter, 'name');
    const place = textOf(parameter, 'in');
    return [place === 'query' ? `?${name}=` : `{${name}}`, prose(textOf(parameter, 'description'))];
  });
}

/** Text in which what stands between backticks is code. */
function prose(text = ''): Markup {
  const parts = text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
  return html`${parts}`;
}

/** Links to the schemas that a body may have, where they have names. */
function schemaLink(part: object): Markup {
  const names = new Set(
    [...JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name),
  );
  return html`${[...names].map((name) => html`<a href="#${name}"><code>${name}</code></a> `)}`;
}

function textOf(part: object, key: string): string {
  const value: unknown = Object.entries(part).find(([name]) => name === key)?.[1];
  return typeof value === 'string' ? value : '';
}
