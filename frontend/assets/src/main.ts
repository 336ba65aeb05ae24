/** Starts every enhancement of a page; each page works without any of them. */
// @ts-expect-error published without types
import { createAll, initAll } from "govuk-frontend";
// @ts-expect-error published without types
import { Alert } from "@ministryofjustice/frontend/moj/components/alert/alert.mjs";
// @ts-expect-error published without types
import { ButtonMenu } from "@ministryofjustice/frontend/moj/components/button-menu/button-menu.mjs";
import { startDrafts } from "./draft";
import { startFilters } from "./filters";
import { startLive } from "./live";
import { startPrinting } from "./print";
import { startPush } from "./push";

initAll();
createAll(Alert);
createAll(ButtonMenu);
startFilters();
startPrinting();
startDrafts();
startLive();
startPush();
