import { start } from "./ground";

start();
