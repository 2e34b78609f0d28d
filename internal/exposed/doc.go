// Package exposed answers how far files of a work tree have got: whether git
// ignores them, would take them along, or has them staged, committed, pushed or
// tagged, and whether an image or a package takes them.
//
// It stamps findings with that, and it makes the findings about files: files
// that hold credentials, or are known for it, and are where they should not be.
// It looks only at the files it is asked about, at refs and their trees, never
// at ancestry. It runs nothing and changes nothing. What it cannot read makes
// a file count as not ignored, and is an incomplete of its own.
package exposed
