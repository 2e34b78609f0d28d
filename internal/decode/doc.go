// Package decode finds the content inside content: text that is encoded or
// compressed within other text, and files within archives and documents.
//
// It works on bytes and knows nothing of rules or findings, nor where bytes
// come from. What it decodes in a text can be mapped back: every span of the
// decoded text has one in the source, so that a finding is shown where its
// owner sees it. Whatever it reads may be made to do harm, so depth, size and
// number of everything are bounded, and where a bound cuts, it says so.
package decode
