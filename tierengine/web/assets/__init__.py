"""The styles, fonts and scripts that the desk shows its pages with: which they are, and how they come into the package.

`package.json` names them, `package-lock.json` locks each with its digest, and npm refuses what does not have it. They
are not kept with the code: `fetch.py` puts them into `static/vendor/` before the desk is first used, and when the
package is built. Nothing is loaded from elsewhere while the desk runs.
"""
