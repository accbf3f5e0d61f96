import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** The accent of actions, links and live states. */
const river: MantineColorsTuple = [
  '#eaf6f4',
  '#d3ebe7',
  '#a9d8d1',
  '#7cc8bd',
  '#5bb9ad',
  '#369d91',
  '#1f8579',
  '#126d63',
  '#0c5951',
  '#074740',
];
/** The colour of actions that cannot be undone. */
const danger: MantineColorsTuple = [
  '#fdeeec',
  '#f9d8d5',
  '#f2b0aa',
  '#e98881',
  '#c64a41',
  '#c23b33',
  '#b92f27',
  '#b3261e',
  '#8c1d18',
  '#681411',
];
/** Warm greys of the light scheme. */
const stone: MantineColorsTuple = [
  '#f8f7f4',
  '#f1efea',
  '#e8e5de',
  '#dbd7cd',
  '#c6c1b5',
  '#8f8a7e',
  '#66635a',
  '#504e47',
  '#35342f',
  '#1f1f1c',
];
/** Warm greys of the dark scheme. */
const depth: MantineColorsTuple = [
  '#e5e9e7',
  '#bdc6c3',
  '#9ca8a4',
  '#7c8884',
  '#3c4646',
  '#2e3737',
  '#232b2b',
  '#171c1d',
  '#121718',
  '#0d1111',
];

const sans =
  'Inter, -apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Roboto, "Noto Sans", "Open Sans", system-ui, sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"';
const mono = 'ui-monospace, "SF Mono", "JetBrains Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Mantine picks the text colour of a filled button from the light shade only; the dark scheme has another background. */
const variantColors: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  const isPrimary = (input.color ?? input.theme.primaryColor) === input.theme.primaryColor;
  return input.variant === 'filled' && isPrimary ? { ...resolved, color: 'var(--mantine-primary-color-contrast)' } : resolved;
};

const overlay = { color: '#0c1211', backgroundOpacity: 0.4 };

export const theme = createTheme({
  colors: { river, danger, gray: stone, dark: depth },
  primaryColor: 'river',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  variantColorResolver: variantColors,
  fontFamily: sans,
  fontFamilyMonospace: mono,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: { fontFamily: sans, fontWeight: '650' },
  components: {
    Modal: {
      defaultProps: { overlayProps: overlay, transitionProps: { duration: 120 }, radius: 'lg' },
      styles: {
        content: { border: '1px solid var(--sb-line)' },
        title: { fontSize: '1.0625rem', fontWeight: 660, letterSpacing: '-0.01em' },
      },
    },
    Drawer: { defaultProps: { overlayProps: overlay, transitionProps: { duration: 140 } } },
    // The placeholder is an empty stop in a menu, which may hold nothing but items.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
  },
});

/** Mantine's own surfaces follow our tokens (`tokens.css`). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: surfaces,
  dark: surfaces,
});

const surfaces = {
  '--mantine-color-body': 'var(--sb-canvas)',
  '--mantine-color-text': 'var(--sb-ink)',
  '--mantine-color-dimmed': 'var(--sb-ink-soft)',
  '--mantine-color-placeholder': 'var(--sb-ink-soft)',
  '--mantine-color-anchor': 'var(--sb-accent)',
  '--mantine-color-error': 'var(--sb-danger)',
  '--mantine-color-default': 'var(--sb-raised)',
  '--mantine-color-default-hover': 'var(--sb-hover)',
  '--mantine-color-default-border': 'var(--sb-line-strong)',
};
