package spf

// ReceivedSPF is the trace field of RFC 7208 section 9.1 for the outcome of q.
// Identity is "mailfrom" or "helo". The field is folded with CRLF and a space at
// 78 octets where that can be, printable ASCII whatever the parts are, and comes
// without its final CRLF.
func (o *Outcome) ReceivedSPF(q Query, identity string) string { return "" }
