package dmarc

// AuthorClass tells why a message has no author domain.
type AuthorClass uint8

// The reasons.
const (
	// NoAuthor: no From field, or one without a mailbox.
	NoAuthor AuthorClass = iota + 1
	// SeveralAuthors: more than one From field, or more than one domain in it.
	SeveralAuthors
	// InvalidAuthor: the field is not as RFC 5322 has it.
	InvalidAuthor
	// LiteralAuthor: the domain is an address literal, below which nothing can be
	// published.
	LiteralAuthor
)
