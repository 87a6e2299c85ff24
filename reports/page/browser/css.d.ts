/** Style sheets are imported for the bundler, which puts them into `page.css`; they export nothing. */
declare module '*.css' {}
