#!/usr/bin/env node
import module from 'node:module';

// Where Node can (from 22.1 on), compiled code is kept between runs.
module.enableCompileCache?.();
import('../dist/cli.js');
