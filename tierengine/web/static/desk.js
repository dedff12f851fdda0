// Liveness for pages that are whole without it.
"use strict";
