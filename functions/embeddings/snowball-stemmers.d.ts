/** The package has no types. Only what is used is declared. */
declare module 'snowball-stemmers' {
  interface Stemmer {
    stem(word: string): string;
  }
  const snowball: { newStemmer(language: 'english' | 'russian'): Stemmer };
  export default snowball;
}
