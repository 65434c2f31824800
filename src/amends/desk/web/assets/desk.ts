import { choosing } from "./choosing";
import { coachComposers } from "./coach";
import { proposals } from "./cool";
import { start } from "./ground";
import { keys } from "./keys";
import { live } from "./live";
import { palette } from "./palette";
import { panes } from "./panes";
import { sending } from "./sending";

start();
live();
keys();
palette();
panes();
choosing();
sending();
coachComposers();
proposals();
