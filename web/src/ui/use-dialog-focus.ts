import { useState } from 'react';

export interface DialogFocus {
  /** True when the focus returns to its earlier element after the dialog closes. */
  readonly returnFocus: boolean;
  /** Closes the dialog after it led to another page, which keeps the focus. */
  readonly leave: () => void;
  /** Closes the dialog without a result. */
  readonly close: () => void;
}

/** Decides where the focus goes after a dialog closes: back, unless the dialog led to another page. */
export function useDialogFocus(onClose: () => void): DialogFocus {
  const [returnFocus, setReturnFocus] = useState(true);
  const end = (returns: boolean): void => {
    setReturnFocus(returns);
    onClose();
  };
  return { returnFocus, leave: () => end(false), close: () => end(true) };
}
