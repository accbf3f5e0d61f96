import { InviteDialog } from '../stream/invite-dialog.tsx';
import { MembersDialog } from '../stream/members-dialog.tsx';
import { PinsDialog } from '../stream/stream-header-pins.tsx';
import { PromoteDialog } from '../stream/promote-dialog.tsx';
import { SettingsDialog } from '../stream/stream-header-settings.tsx';
import { ShareDialog } from '../stream/share-dialog.tsx';
import type { OpenDialog } from './use-page-actions.ts';

/** The dialogs that anything on the page may open; one at a time. */
export function Dialogs({ dialog, onClose }: { dialog: OpenDialog | undefined; onClose: () => void }) {
  return (
    <>
      <PromoteDialog request={dialog?.kind === 'promote' ? dialog : undefined} onClose={onClose} />
      <ShareDialog event={dialog?.kind === 'share' ? dialog.event : undefined} onClose={onClose} />
      <InviteDialog request={dialog?.kind === 'invite' ? dialog : undefined} onClose={onClose} />
      <MembersDialog streamId={dialog?.kind === 'members' ? dialog.streamId : undefined} onClose={onClose} />
      <PinsDialog streamId={dialog?.kind === 'pins' ? dialog.streamId : undefined} onClose={onClose} />
      <SettingsDialog streamId={dialog?.kind === 'settings' ? dialog.streamId : undefined} onClose={onClose} />
    </>
  );
}
