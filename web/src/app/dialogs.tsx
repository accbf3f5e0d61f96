import { InviteDialog } from '../stream/invite-dialog.tsx';
import { MembersDialog } from '../stream/members-dialog.tsx';
import { PinsDialog } from '../stream/stream-header-pins.tsx';
import { PromoteDialog } from '../stream/promote-dialog.tsx';
import { SettingsDialog } from '../stream/stream-header-settings.tsx';
import { ShareDialog } from '../stream/share-dialog.tsx';
import type { Asked } from './use-intents.ts';

/** The dialogs that anything on the page may ask for; one at a time. */
export function Dialogs({ asked, onClose }: { asked: Asked | undefined; onClose: () => void }) {
  return (
    <>
      <PromoteDialog asked={asked?.kind === 'promote' ? asked : undefined} onClose={onClose} />
      <ShareDialog event={asked?.kind === 'share' ? asked.event : undefined} onClose={onClose} />
      <InviteDialog asked={asked?.kind === 'invite' ? asked : undefined} onClose={onClose} />
      <MembersDialog streamId={asked?.kind === 'members' ? asked.streamId : undefined} onClose={onClose} />
      <PinsDialog streamId={asked?.kind === 'pins' ? asked.streamId : undefined} onClose={onClose} />
      <SettingsDialog streamId={asked?.kind === 'settings' ? asked.streamId : undefined} onClose={onClose} />
    </>
  );
}
