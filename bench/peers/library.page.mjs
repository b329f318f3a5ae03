// The package's build for pages.
export * as library from 'cachegrad'
