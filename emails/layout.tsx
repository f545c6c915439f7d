import { Body } from '@react-email/body';
import { Button } from '@react-email/button';
import { Container } from '@react-email/container';
import { Head } from '@react-email/head';
import { Heading } from '@react-email/heading';
import { Hr } from '@react-email/hr';
import { Html } from '@react-email/html';
import { Preview } from '@react-email/preview';
import { Section } from '@react-email/section';
import { Text } from '@react-email/text';
import type { CSSProperties, ReactElement } from 'react';
import type { LetterContent } from './content.ts';

const FONT = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';

const styles = {
  body: { backgroundColor: '#f4f1ea', fontFamily: FONT, margin: 0, padding: '24px 0' },
  card: { backgroundColor: '#ffffff', borderRadius: '8px', maxWidth: '560px', padding: '32px' },
  site: { color: '#7a5c1e', fontSize: '14px', letterSpacing: '0.08em', margin: '0 0 24px' },
  text: { color: '#2b2b2b', fontSize: '16px', lineHeight: '24px', margin: '0 0 16px' },
  headline: { color: '#1f4d3a', fontSize: '20px', fontWeight: 600, lineHeight: '28px', margin: '0 0 16px' },
  action: { margin: '24px 0' },
  button: {
    backgroundColor: '#1f4d3a',
    borderRadius: '6px',
    color: '#ffffff',
    fontSize: '16px',
    padding: '12px 24px',
  },
  line: { borderColor: '#e5e0d5', margin: '24px 0 16px' },
} as const satisfies Record<string, CSSProperties>;

/** The one look of every letter. */
export function LetterLayout(props: {
  readonly content: LetterContent;
  readonly siteName: string;
}): ReactElement {
  const { subject, greeting, paragraphs, headline, closing, button } = props.content;
  return (
    <Html lang="en">
      <Head>
        <title>{subject}</title>
      </Head>
      <Preview>{headline}</Preview>
      <Body style={styles.body}>
        <Container style={styles.card}>
          <Heading as="h1" style={styles.site}>
            {props.siteName}
          </Heading>
          <Text style={styles.text}>{greeting}</Text>
          {paragraphs.map((paragraph) => (
            <Text key={paragraph} style={paragraph === headline ? styles.headline : styles.text}>
              {paragraph}
            </Text>
          ))}
          <Section style={styles.action}>
            <Button href={button.url} style={styles.button}>
              {button.label}
            </Button>
          </Section>
          <Hr style={styles.line} />
          <Text style={styles.text}>{closing}</Text>
        </Container>
      </Body>
    </Html>
  );
}
