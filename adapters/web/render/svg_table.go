package render

// svgElements are the elements that a drawn picture may have: shapes and texts.
var svgElements = map[string]bool{
	"svg": true, "g": true, "path": true, "line": true, "rect": true, "circle": true, "ellipse": true,
	"polyline": true, "polygon": true, "text": true, "tspan": true, "title": true, "desc": true,
}

// svgAttributes are the attributes that they may have: geometry and paint.
var svgAttributes = map[string]bool{
	"viewBox": true, "preserveAspectRatio": true, "width": true, "height": true, "d": true,
	"x": true, "y": true, "x1": true, "y1": true, "x2": true, "y2": true, "dx": true, "dy": true,
	"cx": true, "cy": true, "r": true, "rx": true, "ry": true, "points": true, "transform": true,
	"fill": true, "fill-opacity": true, "stroke": true, "stroke-width": true, "stroke-opacity": true,
	"stroke-linecap": true, "stroke-linejoin": true, "stroke-dasharray": true, "opacity": true,
	"font-size": true, "font-weight": true, "text-anchor": true, "dominant-baseline": true, "class": true,
}
