/** Types of the used part of the package, which has none. */
declare module 'snowball-stemmers' {
  interface Stemmer {
    stem(word: string): string;
  }
  const snowball: { newStemmer(language: 'english' | 'russian'): Stemmer };
  export default snowball;
}
