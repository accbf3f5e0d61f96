import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { Modal, type ModalProps } from '@mantine/core';
import classes from './dialog.module.css';

interface Props extends Pick<ModalProps, 'size' | 'yOffset'> {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The heading; in a bare dialog only its name for screen readers. */
  readonly title: ReactNode;
  /** False where the opener gets the focus back by other means. */
  readonly returnFocus?: boolean;
  /** A dialog that is one field, without a header. */
  readonly bare?: boolean;
  readonly children: ReactNode;
}

/**
 * A dialog over the page. The header and a `DialogFooter` are always in view, and the part between them scrolls. Escape closes it, the
 * focus stays inside, and it returns to the opener. No other file uses Mantine's Modal.
 */
export function Dialog({ title, bare = false, opened, returnFocus = true, children, ...rest }: Props) {
  const named = bare ? { withCloseButton: false, padding: 0, attributes: { content: { 'aria-label': title } } } : { title, centered: true };
  return (
    <Modal
      opened={opened}
      returnFocus={returnFocus}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ content: classes.content, header: classes.header, title: classes.title, close: classes.close, body: classes.body }}
      {...named}
      {...rest}
    >
      <FocusKeeper opened={opened} />
      {children}
    </Modal>
  );
}

/**
 * Moves the focus to the dialog when its focused element disappears, such as a removed list item. From the body of the page the Tab key
 * would go behind the dialog.
 */
function FocusKeeper({ opened }: { opened: boolean }) {
  const ref = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current?.closest<HTMLElement>('[role=dialog]');
    if (!opened || !dialog) return undefined;
    const observer = new MutationObserver(() => {
      if (document.activeElement === document.body) dialog.focus({ preventScroll: true });
    });
    observer.observe(dialog, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [opened]);
  return <span ref={ref} hidden />;
}

interface FooterProps {
  /** The error that belongs to no field. */
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

/** The buttons at the end of a dialog, which stay in view while the rest scrolls, and the error above them. */
export function DialogFooter({ error, children }: FooterProps) {
  return (
    <div className={classes.footer} data-dialog-footer>
      {error !== undefined && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      <div className={classes.buttons}>{children}</div>
    </div>
  );
}
