// Package ignore answers which files git would take along, and which ones a
// container image, a package or another published set takes along.
//
// For git, a [Matcher] says whether a path is ignored and by which line of
// which file, exactly as git does: nested .gitignore files, info/exclude and
// the user's excludes file, each in its rank. A [Set] says the same of
// .dockerignore, .npmignore and other lists as their tools read them.
//
// The package knows nothing of indexes: whether a file is tracked, which
// makes git ignore the answer, the caller has to find out. It starts no
// process and follows no symbolic link that git would not follow. A list that
// cannot be read makes the paths it could concern undecided, never ignored.
//
// Plain star patterns are matched by github.com/sabhiram/go-gitignore, after a
// rewriting into what that library reads as git does. The package itself
// decides what the library cannot express: literals and suffixes, which make
// up most lists and are looked up in tables, and classes, escapes and names
// beyond printable ASCII, which git compares byte by byte.
//
// The differential test against git check-ignore knows no class of
// disagreement.
package ignore
