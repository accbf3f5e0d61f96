const listed = (words: string) => words.split(/\s+/).filter((word) => word !== '');

/** NLTK's English list, without words of one letter or with an apostrophe, which tokenizing removes. */
const english = listed(`
  me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they them
  their theirs themselves what which who whom this that these those am is are was were be been being have has had having do does did doing
  an the and but if or because as until while of at by for with about against between into through during before after above below to from
  up down in out on off over under again further then once here there when where why how all any both each few more most other some such no
  nor not only own same so than too very can will just don should now ll re ve ain aren couldn didn doesn hadn hasn haven isn ma mightn
  mustn needn shan shouldn wasn weren won wouldn`);

/**
 * The most common words of other languages, without accents. Each word is judged alone, so that a query of one word and a long document
 * agree.
 */
const others = listed(`
  der das und ist nicht ich wir sie mit auf fur dem den ein eine einen einem einer eines zu zum zur im ins vom von bei aus als auch wie wenn
  aber oder noch nur schon sind wird werden wurde haben hat hatte kann konnen muss sich uber nach dass mein meine dein ihr ihre unser euch
  les des une dans est sont pas pour avec qui que quoi sur ce cette ces mais ou donc nous vous ils elles je tu il elle au aux du par ont
  avons avez etait etre fait tres aussi comme leur leurs mon ma mes ton ses notre votre
  el los las una unos con por para como pero muy mas su sus esta este esto estan son ser hay fue yo nosotros ustedes ellos lo al del se nos
  os um uma dos nas nos ao aos nao mas foi sao ela eles voce voces isso isto esse essa seu sua meu minha tambem ja quando muito
  gli della delle degli nel nella che non sono anche piu questo questa quello come ma perche io noi voi loro suo sua abbiamo hanno
  het een van niet ik wij jij dat dit zijn voor met naar ook maar om als er nog wel heb heeft kan moet
  och att det som inte jag vi ar av till pa har med om den ett eller kan ska og er ikke jeg til pa af
  sie nie jest jak ze na do tak czy ale ktory sa bir ve bu da de icin ile mi cok ama gibi
  и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще нет о из ему теперь
  когда даже ну ли если уже или ни быть был него до вас нибудь вам ведь там потом себя ничего ей может они тут где есть надо ней для мы тебя
  их чем была сам чтоб без будто чего раз тоже себе под будет тогда кто этот того потому этого какой совсем ним здесь этом один почти мой
  тем чтобы нее были куда зачем всех можно при об это
  的 了 和 是 在 我 有 不 这 他 她 们 你 我们 你们 他们 就 都 也 吗 吧 呢 啊 很 要 到 说 一个 会 与 及 这个 那个 什么
  する した して です ます ました でした いる ある こと これ それ あれ この その から まで ので けど`);

/** Words of the lists that have a meaning in English. */
const kept = new Set(listed('come son ton os sa est pas par mon las er das den kan til har mit hat hay fur dos aux uber ska'));

/** Words that say nothing about the subject of a text, in lower case and without accents. */
export const stopWords: ReadonlySet<string> = new Set([...english, ...others.filter((word) => !kept.has(word))]);
