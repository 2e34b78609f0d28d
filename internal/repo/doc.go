// Package repo reads a git directory: where it is, its configuration, refs,
// index and trees.
//
// It runs nothing, follows no include of a repository's configuration and
// changes no file. It does not read objects itself: whoever needs trees or
// commits brings an [Objects]. It knows nothing of secrets, findings or
// commands. Whatever stands in a git directory is data that a stranger may
// have written: malformed input is an error, memory stays within a small
// multiple of the file read, and no name leads out of the git directory.
//
// github.com/go-git/go-git/v5 (5.19.3) would do a part of this, but not what an
// audit needs: it does not open repositories with SHA-256 names, its configuration
// decoder refuses sections such as [a.b] and takes a name without a value for an
// empty one where git reads "true", it reads garbage in a ref as an id of zeros, and
// its index decoder takes fifty times as long.
package repo
