import { materializationConformance } from './materialization-conformance.js';
import { materializations } from './registry.js';

for (const [name, materialization] of Object.entries(materializations)) {
  materializationConformance(name, materialization);
}
