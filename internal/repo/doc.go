// Package repo reads a git directory: where it is, its configuration, refs,
// index and trees.
//
// It runs nothing, follows no include of a repository's configuration and
// changes no file. It does not read objects itself: whoever needs trees or
// commits brings an [Objects]. It knows nothing of secrets, findings or
// commands. Whatever stands in a git directory is data that a stranger may
// have written: malformed input is an error, memory stays within a small
// multiple of the file read, and no name leads out of the git directory.
package repo
