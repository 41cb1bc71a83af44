// Package shell is what all pages share: layout, who visits, the way from a
// request to the router and from its reply to a page, error pages, security
// headers and static files.
package shell
