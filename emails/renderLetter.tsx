import { render } from '@react-email/render';
import type { Letter } from '../server/domain/notification/notification.ts';
import { contentOf, type LetterContext } from './content.ts';
import { LetterLayout } from './layout.tsx';

/** A letter ready to be sent: a subject of one line, and two parts that say the same. */
export interface RenderedLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Sets a letter as plain text and as HTML. */
export async function renderLetter(letter: Letter, context: LetterContext): Promise<RenderedLetter> {
  const content = contentOf(letter, context);
  const { subject, greeting, paragraphs, closing } = content;
  return {
    subject,
    text: [greeting, ...paragraphs, closing].join('\n\n'),
    html: await render(<LetterLayout content={content} siteName={context.siteName} />),
  };
}
