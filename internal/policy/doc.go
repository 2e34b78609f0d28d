// Package policy decides which findings do not count, and why.
//
// A [Config] is what configuration files say, each value with the file and
// line it comes from. A [Baseline] holds known findings by their fingerprints.
// A [Policy] applies both, and the comments in the scanned text, to findings;
// with a [Revision] it applies them as they stood in a commit, so that a change
// cannot excuse itself. The files of other tools are turned into ours by
// [ImportGitleaks] and read by [ParseGitleaksIgnore] and [ParseSecretsBaseline].
//
// The package knows rules and findings, and git objects for a Revision. It
// knows neither flags nor reports, opens no file but through the function it is
// given, and does not make fingerprints itself: whoever has the key does.
//
// Its comment parser reads the comments by which a line of text allows a
// credential: [Allow] judges a line and the one before it, [Paste] gives the
// comment that would count. It knows rules by their ids only, so that it can be
// used without a scan.
package policy
