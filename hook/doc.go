// Package hook knows the moments at which git asks whether to go on: before a
// commit, before a push, and before a server takes one.
//
// A [Repository] tells what a commit or a push would add, as a [Source] for the
// engine, and which of the findings in it are new: those that no version before
// the change holds. It reads the index that git names and the objects it
// refers to, never the files on disk, and runs nothing. A [Target] is where a
// hook script is put, kept beside the one that was there, and taken away.
//
// It knows nothing of flags, reports, thresholds or policy. Which findings
// matter, and what to tell whoever commits, is for its caller to say.
package hook
