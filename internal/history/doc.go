// Package history audits every object of a git repository.
//
// It knows what a repository refers to (refs, reflogs, stashes, indexes), in
// which commits and at which paths each object stands, how far it has
// travelled, and how a credential came in and went. It reads the object
// database itself, so that merges, tags, notes and what nothing refers to are
// seen as well. It knows nothing of reports or flags, runs no program and
// never fetches: what is absent is told, not made up for.
//
// A run has three passes. The first reads commits, tags and trees in the order
// of the packs and scans messages and names. The second follows the commits,
// oldest first, and notes for each object its first commit, its paths and its
// exposure. The third reads the blobs, again in the order of the packs, and
// matches each under the paths it has: a verdict depends on the path.
package history
