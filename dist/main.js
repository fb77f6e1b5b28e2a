// Starts the program that does the work; all of its rules are in there. See launch.js.
'use strict';

const { launch } = require('./launch.js');

launch(['action']);
