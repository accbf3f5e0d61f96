import { memo, useMemo, useState, type ComponentProps, type ReactNode } from 'react';
import { Check, Copy, Image as ImageIcon } from 'lucide-react';
import Markdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { chatMarkdown } from './chat-markdown.ts';
import { imageSource } from './links.ts';
import { markdownMentions, type MarkedPiece } from './markdown-mentions.ts';
import classes from './markdown.module.css';

const remarkPlugins = [remarkGfm, chatMarkdown];
const rehypePlugins = [rehypeSanitize];

/** Finds marked pieces in a text, such as mentions, and shows them. A stable object avoids a new parse. */
export interface Marks {
  readonly find: (text: string) => readonly MarkedPiece[];
  readonly show: (key: string, text: ReactNode) => ReactNode;
}

/** The markdown of a message. The author's HTML stays text, links open in a new tab, and foreign images wait for a click. */
export const MessageMarkdown = memo(function MessageMarkdown({ text, marks }: { text: string; marks?: Marks | undefined }) {
  const plugins = useMemo(() => (marks ? [...rehypePlugins, () => markdownMentions(marks.find)] : rehypePlugins), [marks]);
  const parts = useMemo(() => (marks ? { ...components, span: markedBy(marks) } : components), [marks]);
  return (
    <div className={classes.text} dir="auto">
      <Markdown remarkPlugins={remarkPlugins} rehypePlugins={plugins} components={parts}>
        {text}
      </Markdown>
    </div>
  );
});

const markedBy = ({ show }: Marks): Components['span'] =>
  function Marked({ children, ...rest }) {
    const key = (rest as Record<string, unknown>)['data-mention'];
    return typeof key === 'string' ? show(key, children) : <span>{children}</span>;
  };

/** Headings of a message are paragraphs, so that they stay out of the page's outline. */
const heading = (level: number) =>
  function MessageHeading({ children }: { children?: React.ReactNode }) {
    return (
      <p className={classes.heading} data-level={level}>
        {children}
      </p>
    );
  };

const components: Components = {
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(3),
  h5: heading(3),
  h6: heading(3),
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => <MessageImage src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- wide tables scroll, also without a mouse
    <section className={classes.table} aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
  input: ({ checked }) => <input type="checkbox" checked={checked} disabled aria-label={checked ? 'Done' : 'Not done'} />,
};

function CodeBlock({ children }: { children: ComponentProps<'pre'>['children'] }) {
  const [pre, setPre] = useState<HTMLPreElement | null>(null);
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(pre?.textContent ?? '');
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div className={classes.code}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- long lines scroll, also without a mouse */}
      <section tabIndex={0} aria-label="Code">
        <pre ref={setPre} dir="ltr">
          {children}
        </pre>
      </section>
      <button type="button" className={classes.copy} onClick={() => void copy()} aria-label={copied ? 'Copied' : 'Copy code'}>
        {copied ? <Check size={14} /> : <Copy size={14} />}
      </button>
    </div>
  );
}

/** An image of another host waits for a click, because loading it tells that host about the reader. */
function MessageImage({ src, alt }: { src: string; alt: string }) {
  const [wanted, setWanted] = useState(false);
  const source = imageSource(src, location.origin);
  if (!source) return <span>{alt}</span>;
  if (source.kind === 'own' || wanted)
    return <img className={classes.image} src={src} alt={alt} loading="lazy" referrerPolicy="no-referrer" />;
  return (
    <button type="button" className={classes.imageButton} onClick={() => setWanted(true)}>
      <ImageIcon size={15} aria-hidden="true" />
      <span>
        Show image{alt === '' ? '' : ` “${alt}”`} from {source.host}
      </span>
    </button>
  );
}
