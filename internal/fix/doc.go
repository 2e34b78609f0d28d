// Package fix plans and applies repairs of files that git, an image or a
// package would take along: lines in ignore lists, files taken out of the
// index, examples without values.
//
// It knows nothing of rules, findings or reports: its caller says which files
// are to be kept out, and what in a text is not to be shown. A plan changes
// nothing; to apply it touches only what it names, replaces files as a whole,
// follows no symbolic link and deletes no file of the user's.
package fix
