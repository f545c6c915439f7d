import type { Context } from 'hono';
import { html } from 'hono/html';
import { DEMO_SCRIPT } from './demoScript.ts';
import { answerPage, BASE_STYLE } from './page.ts';

const STYLE = `${BASE_STYLE}
form { align-items: end; display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1rem 0; }
form[hidden] { display: none; }
label { display: flex; flex-direction: column; font-size: 0.875rem; }
input, select, button { border: 1px solid var(--line); border-radius: 6px; font: inherit; padding: 0.4rem 0.6rem; }
button { background: var(--accent); color: white; cursor: pointer; }
#lot { border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 1.25rem 1rem; }
#price { font-size: 1.75rem; }
ul { list-style: none; padding: 0; }
`;

/** A page that shows the protocol at work: pick an auction and a user, watch, bid. */
export function answerDemo(context: Context, siteName: string, hasMailbox: boolean) {
  const letters = hasMailbox ? html` · <a href="/dev/mail/">Letters</a>` : '';
  const body = html`
    <h1>${siteName}</h1>
    <p class="quiet">Timed auctions, live. <a href="/api/docs/">API</a>${letters}</p>
    <form id="choose">
      <label
        >Auction
        <select id="auction" required></select
      ></label>
      <label
        >You are
        <select id="who">
          <option value="">somebody with a token</option>
        </select></label
      >
      <label
        >Token <input id="token" required pattern="[A-Za-z0-9._\\-]+" autocomplete="off" spellcheck="false"
      /></label>
      <button>Watch</button>
    </form>
    <section id="lot" hidden>
      <h2 id="name"></h2>
      <p id="description"></p>
      <p class="quiet">Sold by <span id="seller"></span></p>
      <p>Rs. <strong id="price"></strong></p>
      <p><span id="status"></span> <span id="left" class="quiet"></span></p>
      <form id="bid">
        <label>Your bid <input id="amount" required inputmode="decimal" autocomplete="off" /></label>
        <button>Bid</button>
      </form>
      <h3>Bids</h3>
      <ul id="bids"></ul>
    </section>
    <h3>Messages</h3>
    <ul id="messages"></ul>
  `;
  return answerPage(context, {
    title: `${siteName}: live auctions`,
    body,
    style: STYLE,
    script: DEMO_SCRIPT,
  });
}
