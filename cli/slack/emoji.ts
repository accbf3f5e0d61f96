/** The most used shortcodes, as Slack writes them. Any other shortcode stays as text. */
const table = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 punch 👊 facepunch 👊 fist ✊ v ✌️ wave 👋 hand ✋ raised_hand ✋ raised_hands 🙌 clap 👏
pray 🙏 muscle 💪 point_up ☝️ point_up_2 👆 point_down 👇 point_left 👈 point_right 👉 handshake 🤝 crossed_fingers 🤞 call_me_hand 🤙
the_horns 🤘 metal 🤘 vulcan_salute 🖖 writing_hand ✍️ raised_back_of_hand 🤚 open_hands 👐 palms_up_together 🤲 pinched_fingers 🤌
saluting_face 🫡 heart_hands 🫶 melting_face 🫠 grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂
rolling_on_the_floor_laughing 🤣 rofl 🤣 slightly_smiling_face 🙂 simple_smile 🙂 upside_down_face 🙃 wink 😉 blush 😊 innocent 😇
smiling_face_with_3_hearts 🥰 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜
zany_face 🤪 money_mouth_face 🤑 hugging_face 🤗 face_with_hand_over_mouth 🤭 shushing_face 🤫 thinking_face 🤔 zipper_mouth_face 🤐
face_with_raised_eyebrow 🤨 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬
lying_face 🤥 relieved 😌 pensive 😔 sleepy 😪 drooling_face 🤤 sleeping 😴 mask 😷 face_with_thermometer 🤒 nauseated_face 🤢 sneezing_face 🤧
hot_face 🥵 cold_face 🥶 woozy_face 🥴 dizzy_face 😵 exploding_head 🤯 face_with_cowboy_hat 🤠 partying_face 🥳 sunglasses 😎 nerd_face 🤓
face_with_monocle 🧐 confused 😕 worried 😟 slightly_frowning_face 🙁 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺
frowning 😦 anguished 😧 fearful 😨 cold_sweat 😰 disappointed_relieved 😥 cry 😢 sob 😭 scream 😱 confounded 😖 persevere 😣 disappointed 😞
sweat 😓 weary 😩 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠 face_with_symbols_on_mouth 🤬 smiling_imp 😈 imp 👿 skull 💀
hankey 💩 poop 💩 clown_face 🤡 ghost 👻 alien 👽 robot_face 🤖 smiley_cat 😺 heart_eyes_cat 😻 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 broken_heart 💔
sparkling_heart 💖 two_hearts 💕 heartpulse 💗 100 💯 anger 💢 boom 💥 collision 💥 dizzy 💫 sweat_drops 💦 dash 💨 bomb 💣 speech_balloon 💬
zzz 💤 eyes 👀 eye 👁️ brain 🧠 shrug 🤷 man-shrugging 🤷‍♂️ woman-shrugging 🤷‍♀️ facepalm 🤦 face_palm 🤦 man-facepalming 🤦‍♂️
woman-facepalming 🤦‍♀️ bow 🙇 raising_hand 🙋 man-raising-hand 🙋‍♂️ woman-raising-hand 🙋‍♀️ dancer 💃 man_dancing 🕺 runner 🏃 running 🏃
walking 🚶 technologist 🧑‍💻 male-technologist 👨‍💻 female-technologist 👩‍💻 ninja 🥷 baby 👶 dog 🐶 cat 🐱 mouse 🐭 rabbit 🐰 fox_face 🦊 bear 🐻
panda_face 🐼 tiger 🐯 unicorn_face 🦄 cow 🐮 pig 🐷 frog 🐸 monkey_face 🐵 chicken 🐔 penguin 🐧 bird 🐦 duck 🦆 owl 🦉 bee 🐝 bug 🐛 butterfly 🦋
snail 🐌 turtle 🐢 snake 🐍 octopus 🐙 crab 🦀 fish 🐟 whale 🐳 dolphin 🐬 shark 🦈 elephant 🐘 sloth 🦥 seedling 🌱 evergreen_tree 🌲 cactus 🌵
four_leaf_clover 🍀 rose 🌹 sunflower 🌻 mushroom 🍄 sun_with_face 🌞 full_moon 🌕 new_moon 🌑 crescent_moon 🌙 star ⭐ star2 🌟 sparkles ✨
zap ⚡ fire 🔥 sunny ☀️ cloud ☁️ rainbow 🌈 umbrella ☔ snowflake ❄️ snowman ⛄ ocean 🌊 apple 🍎 banana 🍌 watermelon 🍉 avocado 🥑 pizza 🍕
hamburger 🍔 fries 🍟 taco 🌮 popcorn 🍿 doughnut 🍩 cookie 🍪 birthday 🎂 cake 🍰 coffee ☕ tea 🍵 beer 🍺 beers 🍻 clinking_glasses 🥂
champagne 🍾 wine_glass 🍷 cocktail 🍸 soccer ⚽ basketball 🏀 trophy 🏆 medal 🏅 first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉
dart 🎯 game_die 🎲 jigsaw 🧩 art 🎨 musical_note 🎵 notes 🎶 guitar 🎸 microphone 🎤 headphones 🎧 movie_camera 🎥 camera 📷 tv 📺 gift 🎁
tada 🎉 confetti_ball 🎊 balloon 🎈 ribbon 🎀 christmas_tree 🎄 jack_o_lantern 🎃 rocket 🚀 airplane ✈️ car 🚗 red_car 🚗 bus 🚌 train 🚋
bike 🚲 ship 🚢 anchor ⚓ construction 🚧 rotating_light 🚨 fire_engine 🚒 ambulance 🚑 checkered_flag 🏁 triangular_flag_on_post 🚩
white_flag 🏳️ house 🏠 office 🏢 hospital 🏥 earth_americas 🌎 earth_africa 🌍 earth_asia 🌏 watch ⌚ hourglass ⌛
hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ calendar 📆 date 📅 spiral_calendar_pad 🗓️ computer 💻 keyboard ⌨️
desktop_computer 🖥️ printer 🖨️ iphone 📱 phone ☎️ telephone_receiver 📞 battery 🔋 electric_plug 🔌 bulb 💡 flashlight 🔦 wrench 🔧 hammer 🔨
hammer_and_wrench 🛠️ gear ⚙️ toolbox 🧰 magnet 🧲 test_tube 🧪 microscope 🔬 telescope 🔭 pill 💊 syringe 💉 shield 🛡️ lock 🔒 unlock 🔓 key 🔑
mag 🔍 mag_right 🔎 link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍 scissors ✂️ memo 📝 pencil 📝 pencil2 ✏️ book 📖 books 📚 bookmark 🔖
newspaper 📰 page_facing_up 📄 clipboard 📋 file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️ chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 bar_chart 📊 email ✉️ envelope ✉️ incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 package 📦 mailbox 📫
loudspeaker 📢 mega 📣 bell 🔔 no_bell 🔕 wastebasket 🗑️ moneybag 💰 dollar 💵 credit_card 💳 gem 💎 scales ⚖️ crown 👑 eyeglasses 👓
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_plus_sign ➕
heavy_minus_sign ➖ heavy_multiplication_x ✖️ question ❓ grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕
bangbang ‼️ interrobang ⁉️ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 recycle ♻️ infinity ♾️ arrow_up ⬆️ arrow_down ⬇️
arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️
arrows_counterclockwise 🔄 back 🔙 soon 🔜 top 🔝 on 🔛 new 🆕 free 🆓 up 🆙 cool 🆒 ok 🆗 sos 🆘 information_source ℹ️ large_green_circle 🟢
large_blue_circle 🔵 red_circle 🔴 large_yellow_circle 🟡 large_orange_circle 🟠 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫
white_large_square ⬜ black_large_square ⬛ large_blue_square 🟦 large_green_square 🟩 large_red_square 🟥 zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣
four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 hash #️⃣ flag-us 🇺🇸 us 🇺🇸 flag-gb 🇬🇧 gb 🇬🇧 uk 🇬🇧 flag-de 🇩🇪 de 🇩🇪 flag-fr 🇫🇷
fr 🇫🇷 flag-es 🇪🇸 es 🇪🇸 flag-it 🇮🇹 it 🇮🇹 flag-jp 🇯🇵 jp 🇯🇵 flag-in 🇮🇳 flag-br 🇧🇷 flag-ca 🇨🇦 flag-nl 🇳🇱 flag-se 🇸🇪 flag-eu 🇪🇺 flag-ua 🇺🇦
`;

const words = table.trim().split(/\s+/);
const emoji = new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? '']] : [])));
const skinTones: Readonly<Record<string, string>> = { 2: '\u{1F3FB}', 3: '\u{1F3FC}', 4: '\u{1F3FD}', 5: '\u{1F3FE}', 6: '\u{1F3FF}' };

/** The emoji of a shortcode, with its skin tone where there is one (`+1::skin-tone-2`); undefined for one that is not known. */
export function emojiOf(shortcode: string): string | undefined {
  const [, name = '', tone] = /^(.+?)(?:::skin-tone-([2-6]))?$/.exec(shortcode) ?? [];
  const plain = emoji.get(name);
  if (plain === undefined || tone === undefined) return plain;
  const toned = plain.replace('\uFE0F', '').replace(/^\p{Emoji_Modifier_Base}/u, `$&${skinTones[tone] ?? ''}`);
  return /^\p{RGI_Emoji}$/v.test(toned) ? toned : plain;
}

/** All shortcodes that are known. */
export const knownShortcodes: readonly string[] = [...emoji.keys()];
