/** One emoji with its name and the words that find it. */
export interface EmojiEntry {
  readonly emoji: string;
  readonly name: string;
  readonly words: readonly string[];
}

export interface EmojiGroup {
  readonly label: string;
  readonly entries: readonly EmojiEntry[];
}

/** The emoji that are offered without a search. */
export const quickEmoji: readonly string[] = ['👍', '❤️', '😂', '🎉', '👀', '🙏'];

/** Emoji that teams react with: emoji, name (hyphens stand for blanks), further words. The API accepts any other emoji as well. */
const table = `
# Faces
😀 grinning happy smile|😃 smiley happy|😄 smile happy joy|😁 beaming grin|😆 laughing haha|😅 sweat-smile phew relief|😂 tears-of-joy laugh lol haha|🤣 rolling-laugh rofl lol
🙂 slight-smile|🙃 upside-down irony|😉 wink|😊 blush pleased|😇 halo innocent angel|🥰 in-love hearts|😍 heart-eyes love|🤩 star-struck wow
😘 kiss|😋 yum tasty|😛 tongue|😜 crazy-tongue-wink|🤪 zany crazy|🤗 hug|🤭 oops giggle|🤫 shush quiet secret
🤔 thinking hmm|🫡 salute yes sir|🤐 zipper-mouth secret|🤨 raised-eyebrow doubt|😐 neutral meh|😶 speechless|😏 smirk|🙄 eye-roll
😬 grimace awkward|😌 relieved calm|😔 pensive sad|😪 sleepy tired|😴 sleeping zzz|🤒 ill sick fever|🤕 hurt bandage|🤢 sick nausea
🤯 mind-blown wow|🥳 party celebrate|😎 cool sunglasses|🤓 nerd|🧐 monocle inspect|😕 confused|😟 worried|🙁 frown sad
😮 surprised wow|😲 astonished|😳 flushed|🥺 pleading please|😢 cry sad|😭 sob crying|😱 scream fear|😤 huff triumph
😡 angry mad|🤬 swearing curse|😈 devil|💀 skull dead|💩 poo|🤡 clown|👻 ghost|🤖 robot bot
# Hands and people
👍 thumbs-up yes agree plus one ok|👎 thumbs-down no disagree minus one|👏 clap applause bravo|🙌 raised-hands hooray|👐 open-hands|🤝 handshake deal agreed|🙏 thanks please pray|💪 muscle strong flex
👋 wave hello bye|🤚 raised-back-hand|✋ raised-hand stop high five|🖖 vulcan spock|👌 ok perfect|🤌 pinched-fingers|✌️ victory peace|🤞 fingers-crossed luck
🤟 love-you-hand|🤘 rock horns|👈 point-left|👉 point-right|👆 point-up this|👇 point-down below|☝️ index-up one|✊ fist
👊 fist-bump punch|🫶 heart-hands love|✍️ writing note|🤷 shrug dunno|🤦 facepalm|🙋 raise-hand me question|🙇 bow sorry thanks|💁 information tip
👀 eyes looking see|🧠 brain smart|👤 person|👥 people team|🧑‍💻 developer coder laptop|🕵️ detective|🦸 hero|🧑‍🚒 firefighter incident
# Hearts and signs
❤️ red-heart love|🧡 orange-heart|💛 yellow-heart|💚 green-heart|💙 blue-heart|💜 purple-heart|🖤 black-heart|💔 broken-heart
💯 hundred-points perfect|✅ check done yes|☑️ checked-box|✔️ check-mark|❌ cross no wrong|❎ crossed-box|➕ plus add|➖ minus
❓ question|❗ exclamation important|‼️ double-exclamation|⚠️ warning careful|🚫 forbidden no|⛔ stop no entry|🛑 stop-sign|♻️ recycle
🔴 red-circle|🟠 orange-circle|🟡 yellow-circle|🟢 green-circle|🔵 blue-circle|⚪ white-circle|⚫ black-circle|🆗 ok-button
🔺 red-up|🔻 red-down|⬆️ up-arrow|⬇️ down-arrow|➡️ right-arrow|⬅️ left-arrow|🔁 repeat again|🔄 refresh sync
# Work
🎉 party-popper tada celebrate hooray|🎊 confetti celebrate|🚀 rocket-ship launch|🔥 fire hot lit|✨ sparkles new shiny|⭐ star|🌟 glowing-star|💥 boom crash
💡 idea light bulb|🐛 bug|🔧 wrench fix|🔨 hammer build|🛠️ tools|⚙️ gear settings|🧪 test experiment|🔬 microscope research
📌 pin|📍 location|📎 paperclip attach|🔗 link|📝 memo write note|📅 calendar date|📈 chart-up growth|📉 chart-down drop
📊 bar-chart figures|📦 package box release|📣 megaphone announce|🔔 bell notify|🔕 bell-off mute|🔒 lock closed|🔓 unlock open|🔑 key
💻 laptop computer|🖥️ desktop screen|📱 phone mobile|☎️ telephone call|📧 email mail|🗑️ bin trash delete|⏰ alarm-clock|⏳ hourglass wait
🚨 siren alarm incident|🚧 construction work in progress|🚑 ambulance hotfix|🩹 plaster patch|🧯 extinguisher|🎯 target goal|🏁 finish flag|🏆 trophy win
💰 money-bag|💸 money-flies cost|🧹 broom clean up|🧵 thread|🪵 log wood|🌊 ocean wave water stream|⚡ lightning fast|🐌 snail slow
# Food, animals, world
☕ coffee break|🍵 tea|🍺 beer cheers|🍻 beers cheers|🥂 clink toast|🍷 wine|🍕 pizza lunch|🍔 burger
🌮 taco|🥗 salad|🍣 sushi|🍪 cookie|🎂 cake birthday|🍰 cake-slice|🍿 popcorn watching|🥑 avocado
🐱 cat|🐶 dog|🦊 fox|🦄 unicorn|🐙 octopus|🐢 turtle slow|🐝 bee busy|🦆 duck rubber
☀️ sun|🌤️ sun-cloud|🌧️ rain|❄️ snow cold|🌈 rainbow|🌙 moon night|🌍 earth world|🌱 seedling grow
🏠 house home|🏖️ beach holiday|✈️ plane travel|🚲 bicycle|🏃 run hurry|🎵 music-note|🎮 game|⚽ football
`;

/** The table, by group. */
export const emojiGroups: readonly EmojiGroup[] = table
  .split('\n# ')
  .map((part) => part.trim())
  .filter((part) => part !== '')
  .map((part) => {
    const [label = '', ...lines] = part.replace(/^# /, '').split('\n');
    return { label, entries: lines.flatMap((line) => line.split('|').map(entryOf)) };
  });

function entryOf(text: string): EmojiEntry {
  const [emoji = '', name = '', ...words] = text.trim().split(' ');
  return { emoji, name: name.replaceAll('-', ' '), words: [...name.split('-'), ...words] };
}
