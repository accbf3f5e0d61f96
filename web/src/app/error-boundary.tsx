import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { Empty } from '../ui/empty.tsx';

interface Props {
  readonly children: ReactNode;
  /** A change of this value means another page, and clears the error. */
  readonly place?: string;
}
interface State {
  readonly error: Error | undefined;
  readonly place: string | undefined;
}

/** Shows an error page instead of a blank screen. Texts survive, because drafts are stored at each key. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: undefined, place: undefined };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { place: props.place, error: undefined };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error('The page failed', error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main role="alert" style={{ display: 'grid', height: '100%' }}>
        <Empty icon={<TriangleAlert size={22} />} title="This page broke" level={1}>
          <p>
            That is our mistake, not yours. Nothing that was sent is lost, and your drafts are kept. If it breaks again, tell whoever runs
            Streambed here what you did.
          </p>
          <Button onClick={() => location.reload()}>Load the page again</Button>
        </Empty>
      </main>
    );
  }
}
