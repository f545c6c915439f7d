import { renderToStaticMarkup } from 'react-dom/server';
import type { Letter } from '../server/domain/notification/notification.ts';
import { contentOf, type LetterContext } from './content.ts';
import { LetterLayout } from './layout.tsx';

/** A letter ready to be sent: a subject of one line, and two parts that say the same. */
export interface RenderedLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What mail programs know best. */
const DOCTYPE =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">';

/**
 * Sets a letter as plain text and as HTML. In one go: what React streams it follows through asynchronous hooks, which
 * would slow down every promise of the process from the first letter on.
 */
export function renderLetter(letter: Letter, context: LetterContext): RenderedLetter {
  const content = contentOf(letter, context);
  const { subject, greeting, paragraphs, closing, button } = content;
  return {
    subject,
    text: [greeting, ...paragraphs, closing, `${button.label}: ${button.url}`].join('\n\n'),
    html: DOCTYPE + renderToStaticMarkup(<LetterLayout content={content} siteName={context.siteName} />),
  };
}
