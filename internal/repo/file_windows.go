package repo

// isNotDir is false: Windows reports such a path as not existing.
func isNotDir(error) bool { return false }
