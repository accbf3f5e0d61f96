import { useState } from 'react';

export interface DialogFocus {
  /** Whether the focus goes back to where it was when the dialog closes. */
  readonly returnFocus: boolean;
  /** Closes the dialog because it led elsewhere: the focus belongs there. */
  readonly leave: () => void;
  /** Closes the dialog with nothing done. */
  readonly close: () => void;
}

/** Where the focus goes when a dialog closes: back, unless the dialog led to another page. */
export function useDialogFocus(onClose: () => void): DialogFocus {
  const [returnFocus, setReturnFocus] = useState(true);
  const end = (returns: boolean): void => {
    setReturnFocus(returns);
    onClose();
  };
  return { returnFocus, leave: () => end(false), close: () => end(true) };
}
