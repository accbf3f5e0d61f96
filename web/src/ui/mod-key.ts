/** The key that shortcuts are made with, as this device's keyboard names it. */
export const modKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
