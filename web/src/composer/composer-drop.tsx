import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import classes from './composer.module.css';

interface Props {
  readonly disabled: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: (isDropping: boolean) => ReactNode;
}

/** Accepts files that are dropped anywhere on a conversation. */
export function DropTarget({ disabled, onFiles, children }: Props) {
  const [isOver, setOver] = useState(false);
  /** Counts enter and leave events: moving between inner elements fires leave after enter. */
  const depth = useRef(0);
  const isFiles = ({ dataTransfer }: DragEvent): boolean => !disabled && dataTransfer.types.includes('Files');
  const move = (event: DragEvent, step: 1 | -1): void => {
    if (!isFiles(event)) return;
    depth.current = Math.max(0, depth.current + step);
    setOver(depth.current > 0);
  };
  const drop = (event: DragEvent): void => {
    depth.current = 0;
    setOver(false);
    if (!isFiles(event)) return;
    event.preventDefault();
    onFiles([...event.dataTransfer.files]);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- files can be attached by a button as well
    <div
      className={classes.drop}
      onDragEnter={(event) => move(event, 1)}
      onDragLeave={(event) => move(event, -1)}
      onDragOver={(event) => isFiles(event) && event.preventDefault()}
      onDrop={drop}
    >
      {children(isOver)}
    </div>
  );
}
