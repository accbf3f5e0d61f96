import { termsOf } from '../../embeddings/words.ts';

/** Terms that occur in any conversation in English. */
export const plainWords: ReadonlySet<string> = new Set(
  termsOf(`able about above across actually add after again ago ahead all almost already always another answer any anybody anyone anything
    around ask asked asking back bad become been before begin being below best better between big bit both bring call called came check
    clear close come coming could day days deal decide do does doing done down each early easy either else end enough even ever every
    everybody everyone everything exactly expect fact far fast feel few fine find first fix five forget found four friday friend full fun
    funny gave get give given glad goes going gone good got great guess guys half hand happen happens happy hard has have having hear
    heard help here hold hope hour hours idea important instead job just keep kind knew know known large last late later learn least
    leave left less let like line list listen little long longer look looked looking looks lot lots love made main make makes making many
    matter maybe mean means meant meet might mind minute minutes moment monday month months more morning most much must name near need
    needs never new next nice night nine nobody none normal note notes nothing now number off often okay old once one ones only open
    order other others our out over own part people perhaps person pick place plan plus point possible pretty probably problem put
    question quick quickly quiet quite rather read ready real really reason remember right room run running said same saturday save saw say
    says second see seems seen send sent set seven several shall she short should show side simple since six small some somebody someone
    something soon sorry sort sound sounds start started starts still stop stuff such sunday sure take taken takes talk tell ten than
    that their them then there these thing things think third this those though thought three through thursday time times today together
    told tomorrow tonight too took top touch tried try trying tuesday turn two ugh under understand until upon use used useful using usual
    usually very wait want wanted wants was watch way wednesday week weekend weeks well went were what when where which while who whole
    why will wish with without wonder word words work worked working works worse worst would write wrong wrote yeah year years yesterday
    yet your`),
);
