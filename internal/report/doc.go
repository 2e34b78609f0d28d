// Package report turns findings into reports.
//
// A [Collector] takes the occurrences that a scan yields, merges those of one
// secret into a [Record], ranks it and adds the advice that fits its exposure.
// A [Reporter] writes records in one format. Records can be read back with
// [ReadJSONL] and written in another format, which is why a Reporter sees a
// Record and never a scan.Finding.
//
// The package does not know where findings come from, what a policy allows or
// which exit status a run has; it opens no file and reads no clock.
//
// # Names
//
// Paths, authors and subjects come from the scanned content and are hostile
// until shown otherwise. Every string of a Record that the Collector makes is
// valid UTF-8: a byte that is none is written as a backslash, an x and two
// hexadecimal digits. JSON formats hold these strings as they are, with
// control and bidirectional characters as \u escapes; all other formats show
// such characters by [Visible].
package report
