// The end of the job: the program takes signing keys out of the kernel and its state off the disk.
'use strict';

const { cleanUp } = require('./launch.js');

cleanUp(['action', '--post']);
